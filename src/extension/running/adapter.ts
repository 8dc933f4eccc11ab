/** The adapter a run gets, or an error that says which one command mends it. */
import type { AdapterChoice } from '../../run/adapter-choice.ts';
import { chooseAdapter } from '../../run/adapter-choice.ts';
import { t } from '../words.ts';

export class NoAdapterError extends Error {}

/** `driver`: the manifest the person chose in the settings, or empty. */
export async function adapterFor(programs: string, driver: string): Promise<AdapterChoice> {
  const choice = await chooseAdapter({ programs, ...(driver ? { driver } : {}) });
  if (choice.ok) return choice.value;
  throw new NoAdapterError(
    `${choice.error.message}. ${t('In a terminal, this mends it: {0}', choice.error.command)}`,
  );
}
