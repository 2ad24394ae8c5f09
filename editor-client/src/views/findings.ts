/** The view Findings: what the server found in all files, by severity. */

import * as vscode from "vscode";

const SOURCE = "tracegloss";
const NAMES: [vscode.DiagnosticSeverity, string, string][] = [
  [vscode.DiagnosticSeverity.Error, "Errors", "error"],
  [vscode.DiagnosticSeverity.Warning, "Warnings", "warning"],
  [vscode.DiagnosticSeverity.Information, "Information", "info"],
  [vscode.DiagnosticSeverity.Hint, "Hints", "lightbulb"],
];

interface Finding {
  uri: vscode.Uri;
  diagnostic: vscode.Diagnostic;
}

type Node = { severity: vscode.DiagnosticSeverity; findings: Finding[] } | Finding;

export class Findings implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listening: vscode.Disposable;

  readonly onDidChangeTreeData = this.changed.event;

  constructor() {
    this.listening = vscode.languages.onDidChangeDiagnostics(() => {
      this.changed.fire(undefined);
    });
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return "diagnostic" in node ? findingItem(node) : severityItem(node.severity, node.findings);
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return groups();
    return "diagnostic" in node ? [] : node.findings;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

function groups(): Node[] {
  const every = vscode.languages
    .getDiagnostics()
    .flatMap(([uri, found]) => found.map((diagnostic) => ({ uri, diagnostic })))
    .filter((each) => each.diagnostic.source === SOURCE);
  return NAMES.map(([severity]) => ({
    severity,
    findings: every.filter((each) => each.diagnostic.severity === severity),
  })).filter((group) => group.findings.length > 0);
}

function severityItem(severity: vscode.DiagnosticSeverity, findings: Finding[]): vscode.TreeItem {
  const [, name, icon] = NAMES[severity] ?? [severity, "Findings", "circle"];
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.description = String(findings.length);
  item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}

function findingItem({ uri, diagnostic }: Finding): vscode.TreeItem {
  const item = new vscode.TreeItem(diagnostic.message.split("\n")[0] ?? "");
  const line = diagnostic.range.start.line + 1;
  item.description = `${vscode.workspace.asRelativePath(uri)}:${line}`;
  item.tooltip = diagnostic.message;
  item.command = {
    command: "vscode.open",
    title: "Go to Code",
    arguments: [
      uri,
      { selection: new vscode.Range(diagnostic.range.start, diagnostic.range.start) },
    ],
  };
  return item;
}
