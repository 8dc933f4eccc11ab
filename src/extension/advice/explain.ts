/** Why a suggestion is made: the advice tab of the large view, with its evidence, curve and verdict. */
import type { Parts } from '../parts.ts';

export function explain({ profiles, large }: Pick<Parts, 'profiles' | 'large'>, id: string): void {
  if (!profiles.current?.suggestions.some((suggestion) => suggestion.id === id)) return;
  large.show();
  profiles.current.show('advice');
}
