// Whether src/operations.ts is what the schema says: the generator knows.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const generator = fileURLToPath(new URL('../generate.mjs', import.meta.url))
process.exitCode = spawnSync(process.execPath, [generator, '--check'], { stdio: 'inherit' }).status ?? 1
