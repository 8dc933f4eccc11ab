/**
 * A small extension that calls language-model tools as a chat would, for the tests: its command reads `call.json` of the
 * workspace and writes `answer.json`.
 */
import { writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';

export const CALL_TITLE = 'Caller: Call Tool';

const MAIN = `const vscode = require('vscode');
exports.activate = (context) => context.subscriptions.push(vscode.commands.registerCommand('caller.call', async () => {
  const at = (name) => vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);
  const write = (value) => vscode.workspace.fs.writeFile(at('answer.json'), new TextEncoder().encode(JSON.stringify(value)));
  try {
    const { tool, input } = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(at('call.json'))));
    const result = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
    await write({ text: result.content.map((part) => part.value).join('') });
  } catch (error) {
    await write({ error: String(error && error.message || error) });
  }
}));`;

const MANIFEST = {
  name: 'caller',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: './main.js',
  extensionKind: ['workspace'],
  activationEvents: ['onCommand:caller.call'],
  contributes: { commands: [{ command: 'caller.call', category: 'Caller', title: 'Call Tool' }] },
};

const VSIX = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata><Identity Language="en-US" Id="caller" Version="1.0.0" Publisher="test"/><DisplayName>Caller</DisplayName></Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/></Assets>
</PackageManifest>`;

const TYPES = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json"/><Default Extension=".js" ContentType="application/javascript"/>
  <Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>`;

export function writeCaller(file: string): void {
  const files = {
    '[Content_Types].xml': TYPES,
    'extension.vsixmanifest': VSIX,
    'extension/package.json': JSON.stringify(MANIFEST),
    'extension/main.js': MAIN,
  };
  writeFileSync(file, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))); // prettier-ignore
}
