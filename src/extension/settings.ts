/** The person's settings, read fresh each time: cheap, and never out of date. */
import * as vscode from 'vscode';
import type { ProbeMode } from '../wire/run-messages.ts';
import { SECTION, SETTINGS } from './ids.ts';
import { PROOF_BUDGET_SECONDS } from '../suggest/prove.ts';

export interface Settings {
  /** Steps of a profile; the script ends after them. */
  readonly steps: number;
  readonly timeLimitSeconds: number;
  readonly mode: ProbeMode;
  /** Manifest of the Vulkan driver to use; empty: the best one that works. */
  readonly driver: string;
  readonly codeLenses: boolean;
  readonly heat: boolean;
  /** Seconds that proving one suggestion may take. */
  readonly trialBudgetSeconds: number;
  /** Differences below this share are never called a gain, 0..1. */
  readonly noiseFloor: number;
  /** Profile again after a suggestion was applied, to see whether its gain came. */
  readonly profileAfterApply: boolean;
  /** Seconds that a query in SQL may take. */
  readonly queryLimitSeconds: number;
  /** What GPUs cost an hour, by name, as the person wrote it: not checked. */
  readonly gpuPrices: unknown;
}

export function readSettings(scope?: vscode.Uri): Settings {
  const section = vscode.workspace.getConfiguration(SECTION, scope);
  const atLeast = (name: string, fallback: number, least: number): number => {
    const value = section.get<unknown>(name);
    return typeof value === 'number' && Number.isFinite(value) ? Math.max(least, value) : fallback;
  };
  return {
    steps: Math.round(atLeast(SETTINGS.steps, 40, 1)),
    timeLimitSeconds: atLeast(SETTINGS.timeLimit, 120, 1),
    mode: section.get<ProbeMode>(SETTINGS.mode) ?? 'alternating',
    driver: section.get<string>(SETTINGS.driver)?.trim() ?? '',
    codeLenses: section.get<boolean>(SETTINGS.codeLenses) ?? true,
    heat: section.get<boolean>(SETTINGS.heat) ?? true,
    trialBudgetSeconds: atLeast(SETTINGS.trialBudget, PROOF_BUDGET_SECONDS, 5),
    profileAfterApply: section.get<boolean>(SETTINGS.profileAfterApply) ?? true,
    queryLimitSeconds: Math.min(86_400, atLeast(SETTINGS.queryTimeLimit, 60, 1)),
    gpuPrices: section.get<unknown>(SETTINGS.gpuPrices),
    noiseFloor: Math.min(0.5, atLeast(SETTINGS.noiseFloor, 2, 0) / 100),
  };
}
