/** Gets a software Vulkan driver for a machine that has none, after the person agreed. */
import * as vscode from 'vscode';
import { installDriver } from '../../run/driver-install.ts';
import { cacheFolder } from '../../run/drivers.ts';
import { COMMANDS } from '../ids.ts';
import { t } from '../words.ts';

export async function installSoftwareDriver(output: vscode.OutputChannel): Promise<void> {
  const install = t('Install');
  const agreed = await vscode.window.showInformationMessage(
    t("Install a software Vulkan driver (Mesa's lavapipe)?"),
    {
      modal: true,
      detail: t(
        "It comes from this machine's own package mirror: installed when you are root, otherwise unpacked into a cache folder of Kernelscope. Scripts then train on the processor.",
      ),
    },
    install,
  );
  if (agreed !== install) return;
  const location = vscode.ProgressLocation.Notification;
  const installed = await vscode.window.withProgress(
    { location, title: t('Installing a software driver') },
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
    return void vscode.window.showErrorMessage(t('No driver was installed: {0}', installed.error));
  const profile = t('Profile');
  const answer = await vscode.window.showInformationMessage(installed.value, profile);
  if (answer === profile) await vscode.commands.executeCommand(COMMANDS.profile);
}
