// Where the Chromium for tests and pictures is: CHROMIUM in the environment, else where Linux distributions put it.
import { existsSync } from 'node:fs';

export const CHROMIUM =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync) ?? '/usr/bin/chromium';
