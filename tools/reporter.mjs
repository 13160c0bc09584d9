// The last line of a test run, in the form that is read by machines: `N passed, N failed`.
// An error outside any test counts as a failure, and so does every attempt to leave loopback (no-network.cjs).
import { existsSync, readFileSync, rmSync } from 'node:fs'

/** What the tests tried to reach outside, one line each. */
function refusedConnections(file) {
  if (!file || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  rmSync(file)
  return lines
}

/** Counts what a finished run holds. `modules` are vitest's test modules, `errors` those outside of any of them. */
export function count(modules, errors, refused) {
  const counts = { passed: 0, failed: errors.length + refused.length, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'passed' || state === 'failed' ? state : 'skipped']++
    }
  }
  return counts
}

export default class {
  onTestRunEnd(modules, errors, reason) {
    const refused = refusedConnections(process.env.NO_NETWORK_LOG)
    for (const line of refused) console.error(`left loopback: ${line}`)
    const counts = count(modules, errors, refused)
    // A run that ended badly in a way that no count shows (no test found, interrupted) has failed all the same.
    if (counts.failed === 0 && (reason !== 'passed' || counts.passed === 0)) counts.failed = 1
    process.on('exit', () => {
      if (counts.failed > 0) process.exitCode = 1
      console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`)
    })
  }
}
