import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import './tools/no-network.cjs'
import { installed } from './tools/networks/bitcoind.mjs'

// Nothing that a test runs may leave loopback: no-network.cjs guards this process and, by NODE_OPTIONS, all that it
// starts. It notes each attempt in this file; the reporter counts each as a failure.
process.env['NO_NETWORK_LOG'] ??= join(tmpdir(), `growr-network-${process.pid}.log`)
process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true'
// `npm test` has set it up; what needs it fails without, and says so.
process.env['BITCOIND_PATH'] ||= installed()

// Tests run the sources: the condition resolves every @growr package to its src. Vitest hands these on to
// Node as they are: `import` or `module` among them would make require() take files that it cannot load.
export default defineConfig({
  ssr: { resolve: { conditions: ['@growr/source', 'node'] } },
  resolve: { conditions: ['@growr/source'] },
  test: {
    include: ['{libs,apps}/*/src/**/*.test.ts', 'tools/*/src/**/*.test.ts', 'tools/*.test.ts'],
    reporters: ['default', './tools/reporter.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
