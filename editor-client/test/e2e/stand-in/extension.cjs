// Offers the part of the Python extension's interface that names an interpreter, and makes links.
const vscode = require("vscode");

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("standIn.linkToSpan", async () => {
      const query = await vscode.window.showInputBox({ prompt: "query" });
      const link = vscode.Uri.parse(
        `${vscode.env.uriScheme}://tracegloss.tracegloss/span?${query}`,
      );
      const value = (await vscode.env.asExternalUri(link)).toString(true);
      await vscode.window.showInputBox({ prompt: "link", value });
    }),
  );
  let python = vscode.workspace.getConfiguration("standIn").get("python");
  const chosen = new vscode.EventEmitter();
  context.subscriptions.push(
    chosen,
    vscode.commands.registerCommand("standIn.chooseInterpreter", async () => {
      python = (await vscode.window.showInputBox({ prompt: "interpreter" })) ?? python;
      chosen.fire({ id: python, path: python });
    }),
  );
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ id: python, path: python }),
      onDidChangeActiveEnvironmentPath: chosen.event,
    },
  };
};
