/** Gets a software Vulkan driver for a machine that has none, after the person agreed. */
import * as vscode from 'vscode';
import { installDriver } from '../../run/driver-install.ts';
import { cacheFolder } from '../../run/drivers.ts';
import { COMMANDS } from '../ids.ts';

const QUESTION = "Install a software Vulkan driver (Mesa's lavapipe)?";
const DETAIL =
  "It comes from this machine's own package mirror: installed when you are root, otherwise unpacked into a cache folder of Kernelscope. Scripts then train on the processor.";

export async function installSoftwareDriver(output: vscode.OutputChannel): Promise<void> {
  const agreed = await vscode.window.showInformationMessage(
    QUESTION,
    { modal: true, detail: DETAIL },
    'Install',
  );
  if (agreed !== 'Install') return;
  const location = vscode.ProgressLocation.Notification;
  const installed = await vscode.window.withProgress(
    { location, title: 'Installing a software driver' },
    (report) =>
      installDriver({
        cache: cacheFolder(),
        onLine: (line) => {
          report.report({ message: line });
          output.appendLine(line);
        },
      }),
  );
  if (!installed.ok)
    return void vscode.window.showErrorMessage(`No driver was installed: ${installed.error}`);
  const answer = await vscode.window.showInformationMessage(installed.value, 'Profile');
  if (answer === 'Profile') await vscode.commands.executeCommand(COMMANDS.profile);
}
