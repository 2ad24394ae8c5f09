/** The language server as the extension sees it: started, asked, restarted within a limit, ended. */

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State as ClientPhase,
  type ErrorHandler,
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
  "tracegloss.pinTrace",
  "tracegloss.releaseTrace",
];

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly byRoot = new Map<string, Status>();
  private readonly changed = new vscode.EventEmitter<undefined>();
  private ends: number[] = [];

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
    const run = serverCommand(python);
    const client = new LanguageClient("tracegloss", "Tracegloss", run, this.options());
    this.client = client;
    client.onNotification(STATUS, (status: Status) => {
      this.byRoot.set(status.root, status);
      this.changed.fire(undefined);
    });
    client.onDidChangeState((event) => {
      if (event.newState === ClientPhase.Running) this.become("running");
      else if (event.newState === ClientPhase.Starting) this.become("starting");
    });
    await client.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.byRoot.clear();
    if (client?.isRunning() === true) await client.dispose();
  }

  /** Let the server read its settings again. */
  async settingsChanged(): Promise<void> {
    const method = "workspace/didChangeConfiguration";
    if (this.isRunning) await this.client?.sendNotification(method, { settings: null });
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

  private options(): LanguageClientOptions {
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
      errorHandler: this.errorHandler(),
    };
  }

  private errorHandler(): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const { ends, restart } = afterEnd(this.ends, Date.now());
        this.ends = ends;
        if (restart) {
          this.output.warn("The language server ended; it is started again.");
          return { action: CloseAction.Restart, handled: true };
        }
        this.output.error("The language server ended too often; it is not started again.");
        this.become("stopped");
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }
}
