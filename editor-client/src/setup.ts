/** Starts the server: finds its Python, asks for trust, says what is missing, and chooses sources. */

import * as vscode from "vscode";

import { Doctor } from "./doctor.ts";
import { install } from "./install.ts";
import { candidates, explain, findPython, type NotFound } from "./python.ts";
import type { Server } from "./server.ts";
import { weightiest } from "./states.ts";

export class Setup implements vscode.Disposable {
  private readonly listening: vscode.Disposable[] = [];
  private readonly doctoring = new Doctor();
  private python = "";
  private missing: NotFound = { looked: [] };
  private hearsPythonExtension = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {
    this.listening.push(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.begin()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("tracegloss.python")) void this.begin();
        else if (event.affectsConfiguration("tracegloss")) void this.server.settingsChanged();
      }),
    );
  }

  private get environment(): string {
    return vscode.Uri.joinPath(this.context.globalStorageUri, "environment").fsPath;
  }

  /** Start the server, when the workspace is trusted and a Python has it. */
  async begin(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      this.server.become("restricted");
      return;
    }
    this.server.become("starting");
    const found = await findPython(await this.candidates());
    if ("looked" in found) {
      this.missing = found;
      for (const line of explain(found)) this.server.output.warn(line);
      await this.server.stop();
      this.server.become("no-python");
      return;
    }
    this.python = found.python;
    this.server.output.info(`tracegloss ${found.version} with ${found.python}, ${found.origin}`);
    await this.server.start(found.python);
  }

  /** Give the commands about the server itself. */
  commands(): Record<string, () => unknown> {
    return {
      install: () => this.install(),
      restart: () => this.begin(),
      showOutput: () => {
        this.server.output.show();
      },
      doctor: () => this.doctor(),
      showIndexing: () => this.showIndexing(),
      chooseExperiment: () => this.chooseExperiment(),
      chooseSource: () => this.chooseSource(),
      showAsInlay: () => put("show", "inlay"),
      showAsLens: () => put("show", "lens"),
    };
  }

  dispose(): void {
    this.doctoring.dispose();
    for (const each of this.listening) each.dispose();
  }

  private async candidates(): Promise<ReturnType<typeof candidates>> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const environments = await pythonEnvironments();
    this.listenTo(environments);
    return candidates({
      setting: vscode.workspace.getConfiguration("tracegloss").get("python", ""),
      extension: environments?.getActiveEnvironmentPath(folders[0]?.uri).path,
      folders: folders.filter((each) => each.uri.scheme === "file").map((each) => each.uri.fsPath),
      privateEnvironment: this.environment,
      platform: process.platform,
    });
  }

  /** Begin again with the interpreter that is chosen in the Python extension, unless a setting names one. */
  private listenTo(environments: PythonEnvironments | undefined): void {
    if (this.hearsPythonExtension) return;
    const listening = environments?.onDidChangeActiveEnvironmentPath?.(() => {
      const setting = vscode.workspace.getConfiguration("tracegloss").get<string>("python");
      if (setting === undefined || setting === "") void this.begin();
    });
    if (listening === undefined) return;
    this.hearsPythonExtension = true;
    this.listening.push(listening);
  }

  private async install(): Promise<void> {
    const reasons = explain(this.missing);
    if (!(await install(this.environment, reasons, this.server.output))) return;
    await this.begin();
    if (this.server.state === "no-python")
      throw new Error(`Installed, but not found. ${explain(this.missing).join("; ")}`);
  }

  private async showIndexing(): Promise<void> {
    const [stop, output] = ["Stop Reading", "Show Output"];
    const title = weightiest(this.server.statuses)?.text ?? "";
    const chosen = await vscode.window.showQuickPick([stop, output], { title });
    if (chosen === stop) await this.server.stopWork();
    if (chosen === output) this.server.output.show();
  }

  private async doctor(): Promise<void> {
    const status = weightiest(this.server.statuses);
    const folder =
      status === undefined
        ? vscode.workspace.workspaceFolders?.[0]?.uri
        : vscode.Uri.parse(status.root);
    if (folder !== undefined && this.python !== "") await this.doctoring.show(this.python, folder);
  }

  private async chooseExperiment(): Promise<void> {
    const experiments = weightiest(this.server.statuses)?.experiments ?? [];
    const items = experiments.map((each) => ({
      label: each.name,
      description: each.traces === null ? each.experimentId : `${each.traces} traces`,
    }));
    const title = "Which experiment's traces?";
    const chosen =
      items.length > 0
        ? (await vscode.window.showQuickPick(items, { title }))?.label
        : await vscode.window.showInputBox({ title, prompt: "Name or id" });
    if (chosen !== undefined) await put("experiment", chosen);
  }

  private async chooseSource(): Promise<void> {
    const uri = "Enter a tracking URI...";
    const file = "Open a trace file...";
    const demo = "See how it works";
    const detail = weightiest(this.server.statuses)?.detail ?? "";
    const chosen = await vscode.window.showQuickPick([uri, file, demo], { title: detail });
    if (chosen === file) await vscode.commands.executeCommand("tracegloss.openTraceFile");
    if (chosen === demo)
      await vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        `${this.context.extension.id}#start`,
      );
    if (chosen !== uri) return;
    const typed = await vscode.window.showInputBox({
      title: "Where traces come from",
      prompt: "http://127.0.0.1:5000, sqlite:///mlflow.db, a folder of MLflow, databricks",
    });
    if (typed !== undefined) await put("trackingUri", typed.trim());
  }
}

async function put(key: string, value: string): Promise<void> {
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration("tracegloss").update(key, value, target);
}

interface PythonEnvironments {
  getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
  onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
}

/** What the Python extension tells by its documented API; `undefined` when it is not there. */
async function pythonEnvironments(): Promise<PythonEnvironments | undefined> {
  const extension = vscode.extensions.getExtension<{ environments?: PythonEnvironments }>(
    "ms-python.python",
  );
  try {
    const api = extension?.isActive === true ? extension.exports : await extension?.activate();
    return api?.environments;
  } catch {
    return undefined;
  }
}
