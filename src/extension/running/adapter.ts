/** The adapter a run gets, or an error that says which one command mends it. */
import type { AdapterChoice, NoAdapter } from '../../run/adapter-choice.ts';
import { chooseAdapter, chooseSoftware } from '../../run/adapter-choice.ts';
import { t } from '../words.ts';

export class NoAdapterError extends Error {
  /** The person chose a driver, and it is that one which does not work. */
  readonly isChosen: boolean;

  constructor(message: string, isChosen: boolean) {
    super(message);
    this.isChosen = isChosen;
  }
}

/** `driver`: the manifest the person chose in the settings, or empty. */
export async function adapterFor(programs: string, driver: string): Promise<AdapterChoice> {
  const choice = await chooseAdapter({ programs, ...(driver ? { driver } : {}) });
  if (choice.ok) return choice.value;
  if (driver)
    throw new NoAdapterError(
      t(
        'The driver of the setting kernelscope.driver does not work: {0}. Empty it to use the best there is.',
        driver,
      ),
      true,
    );
  throw noAdapter(choice.error);
}

/** A driver that computes on the processor, beside a GPU or instead of one. */
export async function softwareAdapter(programs: string): Promise<AdapterChoice> {
  const choice = await chooseSoftware({ programs });
  if (choice.ok) return choice.value;
  throw noAdapter(choice.error);
}

function noAdapter({ message, command }: NoAdapter): NoAdapterError {
  return new NoAdapterError(`${message}. ${t('In a terminal, this mends it: {0}', command)}`, false);
}
