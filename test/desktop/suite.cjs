// Runs in the extension host of a desktop VS Code: profile a script, read its lenses, and find the suggestion's edit.
const assert = require('node:assert/strict');
const vscode = require('vscode');

const LIMIT_MS = 120_000;

/** Asks again until there is an answer; what is missing by then is named. */
async function until(what, ask) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what} did not appear within ${LIMIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

exports.run = async function run() {
  const [folder] = vscode.workspace.workspaceFolders;
  const script = vscode.Uri.joinPath(folder.uri, 'train.ts');
  await vscode.window.showTextDocument(script);
  await vscode.extensions.getExtension('kernelscope.kernelscope').activate();
  const known = await vscode.commands.getCommands(true);
  for (const { command } of vscode.extensions.getExtension('kernelscope.kernelscope').packageJSON.contributes
    .commands)
    assert.ok(known.includes(command), `${command} has no handler`);

  await vscode.commands.executeCommand('kernelscope.profile', script);
  const titles = await until('a lens with times', async () => {
    const lenses = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', script, 200);
    const found = lenses.map(({ command }) => command?.title ?? '');
    return found.some((title) => /fwd .* bwd/.test(title)) ? found : null;
  });
  assert.ok(
    titles.some((title) => /a step/.test(title)),
    `no lens on the step: ${titles.join(' | ')}`,
  );
  console.log(titles.join('\n'));
};
