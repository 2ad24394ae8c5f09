/** What `tracegloss doctor` says of a folder, with the settings that hold here, as a read-only document. */

import { execFile } from "node:child_process";

import * as vscode from "vscode";

const SCHEME = "tracegloss-doctor";
const MOST_MS = 60_000;

export class Doctor implements vscode.Disposable {
  private readonly said = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly serving: vscode.Disposable;

  constructor() {
    this.serving = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: (uri) => this.said.get(uri.toString()) ?? "",
    });
  }

  /** Ask about a folder with the Python that has the server, and show the answer. */
  async show(python: string, folder: vscode.Uri): Promise<void> {
    const name = folder.path.split("/").at(-1) ?? "";
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/Doctor of ${name}`, query: folder.path });
    const args = doctorArguments(folder.fsPath, vscode.workspace.getConfiguration("tracegloss"));
    const location = vscode.ProgressLocation.Window;
    const title = "Tracegloss looks at what is there";
    const text = await vscode.window.withProgress({ location, title }, () => answer(python, args));
    this.said.set(uri.toString(), text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }

  dispose(): void {
    this.serving.dispose();
    this.changed.dispose();
  }
}

/** Ask as the server was asked: with the same store, experiment and patience. */
function doctorArguments(folder: string, settings: vscode.WorkspaceConfiguration): string[] {
  const args = ["-P", "-m", "tracegloss", "doctor", "--color", "never", "--root", folder];
  for (const [setting, option] of [
    ["trackingUri", "--tracking-uri"],
    ["experiment", "--experiment"],
    ["timeoutSeconds", "--timeout"],
  ] as const) {
    const value = settings.get<string | number>(setting, "");
    if (value !== "") args.push(`${option}=${value}`);
  }
  return args;
}

function answer(python: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(python, args, { timeout: MOST_MS }, (error, stdout, stderr) => {
      const said = stdout + stderr;
      resolve(said === "" && error !== null ? error.message : said);
    });
  });
}
