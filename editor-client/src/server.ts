/** The language server as the extension sees it: started, asked, restarted within a limit, ended. */

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State as ClientPhase,
  type LanguageClientOptions,
} from "vscode-languageclient/node";

import type { ClientState } from "./states.ts";
import { serverCommand } from "./python.ts";
import { afterEnd } from "./restarts.ts";
import { STATUS, type Requests, type Status } from "./protocol.ts";

/** The commands that links in hovers may run. */
const LINKED_COMMANDS = [
  "tracegloss.showSpan",
  "tracegloss.showStack",
  "tracegloss.openAsRan",
  "tracegloss.compareAsRan",
  "tracegloss.pinTrace",
  "tracegloss.releaseTrace",
];

const STOP_MS = 2000;

/** What goes wrong stands in the status bar and in the output: nothing pops up by itself. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly byRoot = new Map<string, Status>();
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly working = new Set<string | number>();
  private ends: number[] = [];
  private python = "";

  /** Fires when the state of the server or of a folder changed. */
  readonly onChange = this.changed.event;
  state: ClientState = "starting";

  constructor(readonly output: vscode.LogOutputChannel) {}

  get statuses(): Status[] {
    return [...this.byRoot.values()];
  }

  get isRunning(): boolean {
    return this.state === "running";
  }

  /** Start a server with a Python; one that runs is stopped first. */
  async start(python: string): Promise<void> {
    await this.stop();
    this.ends = [];
    this.python = python;
    await this.launch();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.byRoot.clear();
    this.working.clear();
    // One that is still starting refuses, and is killed after that time.
    await client?.dispose(STOP_MS).catch(() => undefined);
  }

  /** Let the server read its settings again. */
  async settingsChanged(): Promise<void> {
    const method = "workspace/didChangeConfiguration";
    if (this.isRunning) await this.client?.sendNotification(method, { settings: null });
  }

  /** Stop what the server is at: reading files, loading traces. */
  async stopWork(): Promise<void> {
    for (const token of this.working)
      await this.client?.sendNotification("window/workDoneProgress/cancel", { token });
  }

  /** Say what the extension itself found out: no Python, no trust, ended too often. */
  become(state: ClientState): void {
    if (state !== "running") this.byRoot.clear();
    this.state = state;
    this.changed.fire(undefined);
  }

  /** Ask the server; rejects with its sentence, or with one when it does not run. */
  async ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]["answer"]> {
    if (this.client === undefined || !this.isRunning)
      throw new Error("The Tracegloss language server does not run.");
    // An absent token must not be handed on: the client would take it for a second parameter.
    return token === undefined
      ? this.client.sendRequest<Requests[M]["answer"]>(method, params)
      : this.client.sendRequest<Requests[M]["answer"]>(method, params, token);
  }

  dispose(): void {
    this.changed.dispose();
    void this.stop();
  }

  /** Start a client of its own for each life of the server: one that ended takes all it showed with it. */
  private async launch(): Promise<void> {
    const run = serverCommand(this.python);
    const client: LanguageClient = new QuietClient(
      "tracegloss",
      "Tracegloss",
      run,
      this.options(() => {
        this.ended(client);
      }),
    );
    this.client = client;
    client.onNotification(STATUS, (status: Status) => {
      this.byRoot.set(status.root, status);
      this.changed.fire(undefined);
    });
    client.onDidChangeState((event) => {
      if (client !== this.client) return;
      if (event.newState === ClientPhase.Running) this.become("running");
      else if (event.newState === ClientPhase.Starting) this.become("starting");
    });
    try {
      await client.start();
    } catch (error) {
      this.output.error(String(error));
      this.ended(client);
    }
  }

  /** A server that ended is started again, unless it was told to end or ended too often. */
  private ended(client: LanguageClient): void {
    if (client !== this.client) return;
    this.client = undefined;
    this.working.clear();
    const { ends, restart } = afterEnd(this.ends, Date.now());
    this.ends = ends;
    if (restart) {
      this.output.warn("The language server ended; it is started again.");
      this.become("starting");
      void this.launch();
    } else {
      this.output.error("The language server ended too often; it is not started again.");
      this.become("stopped");
    }
  }

  private options(ended: () => void): LanguageClientOptions {
    return {
      documentSelector: [
        { language: "python", scheme: "file" },
        { language: "python", scheme: "vscode-notebook-cell" },
        { language: "json", scheme: "file" },
        { language: "jsonl", scheme: "file" },
        { language: "log", scheme: "file" },
        { language: "plaintext", scheme: "file" },
        { language: "plaintext", scheme: "untitled" },
      ],
      initializationOptions: { commandLinks: true },
      outputChannel: this.output,
      markdown: { isTrusted: { enabledCommands: LINKED_COMMANDS } },
      middleware: {
        handleWorkDoneProgress: (token, params, next) => {
          if (params.kind === "begin") this.working.add(token);
          if (params.kind === "end") this.working.delete(token);
          next(token, params);
        },
      },
      // What went wrong stands in the status bar: nothing pops up.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          ended();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }
}
