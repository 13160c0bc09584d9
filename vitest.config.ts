import { defineConfig } from 'vitest/config'

// Tests run the sources: the condition resolves every @growr package to its src.
export default defineConfig({
  ssr: { resolve: { conditions: ['@growr/source', 'node', 'import', 'module', 'default'] } },
  resolve: { conditions: ['@growr/source'] },
  test: {
    include: ['{libs,apps}/*/src/**/*.test.ts', 'tools/*/src/**/*.test.ts', 'tools/*.test.ts'],
    reporters: ['default', './tools/reporter.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
