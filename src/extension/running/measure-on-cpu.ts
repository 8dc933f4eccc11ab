/** Does the GPU pay? The same script, as many steps, on the processor: then both runs are shown beside each other. */
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import type { Profile } from '../profile.ts';
import { cannotRun, saveScripts } from '../script-choice.ts';
import { t } from '../words.ts';
import { tellFailure } from './profile-command.ts';

/** The run on the GPU stays what is shown; that on the processor becomes its baseline. */
export async function measureOnCpu(
  { runner, profiles, large }: Pick<Parts, 'runner' | 'profiles' | 'large'>,
  gpu: Profile,
): Promise<void> {
  const { adapter } = gpu.trace.meta;
  if (adapter?.software)
    return tell(
      t(
        'This run was on the CPU already ({0} computes there): both would be the CPU, which says nothing of a GPU.',
        adapter.name,
      ),
    );
  const { script } = gpu;
  const steps = gpu.trace.tables.steps.length;
  if (!script || !adapter || steps === 0)
    return tell(t('Only the run of a script with training steps can be measured on the CPU.'));
  const reason = runner.activity
    ? t('Kernelscope is measuring already. Stop it first, or wait.')
    : cannotRun(script);
  if (reason) return tell(reason);
  if (!(await saveScripts())) return;
  profiles.pinBaseline();
  try {
    const outcome = await runner.profile(script, steps, 'cpu');
    if (!outcome) return;
    profiles.swap();
    large.show();
    gpu.show('overview');
  } catch (error) {
    await tellFailure(error);
  }
}

function tell(text: string): void {
  void vscode.window.showInformationMessage(text);
}
