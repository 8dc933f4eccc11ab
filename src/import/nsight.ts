/** NVIDIA Nsight Systems, exported with `nsys export --type sqlite`. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Trace } from '../trace/model.ts';
import { unpackWhole } from './gzip.ts';
import type { ImportError, Importer } from './importer.ts';
import { convertNsight } from './nsight/convert.ts';
import { Database, DatabaseError, isDatabase } from './sqlite/database.ts';

export const nsight: Importer = {
  id: 'nsight',
  label: 'Nsight Systems (SQLite export)',
  extensions: ['.sqlite', '.sqlite.gz'],
  sniff: isDatabase,
  read(bytes, options): Result<Trace, ImportError> {
    const { text, problem } = unpackWhole(bytes, options);
    if (problem) return err({ at: text.length, message: problem });
    try {
      const database = new Database(text);
      if (
        !['CUPTI_ACTIVITY_KIND_KERNEL', 'CUPTI_ACTIVITY_KIND_RUNTIME', 'NVTX_EVENTS'].some((name) =>
          database.tables.has(name),
        )
      )
        return err({
          at: 0,
          message:
            'the database is no export of Nsight Systems: it has no table of kernels, runtime calls or NVTX ranges',
        });
      return ok(convertNsight(database));
    } catch (error) {
      if (error instanceof DatabaseError)
        return err({ at: error.at, message: `the database is damaged: ${error.message}` });
      throw error;
    }
  },
};
