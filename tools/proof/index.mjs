// `npm run proof [-- NAME…] [--seed N] [--runs N] [--write]`: the long runs. Each `{libs,apps,tools}/*/proof/*.ts`
// exports `run({ seed, runs })` and throws, or answers with `failures` that are not empty, where something does not hold.
// The same seed repeats the same run. With --write, docs/proof.md keeps the results.
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { figures, machine, modules, options, readJson, root, runModule, show } from '../runs.mjs'

const { words, write, ...given } = options(process.argv.slice(2), ['write'])

function page(results) {
  const parts = Object.entries(results).sort().map(([name, { about, command, machine: on, seconds, ok, figures: found }]) => `## ${name}

${[about, `\`${command}\` took ${seconds} s on ${on}: ${ok ? 'held' : 'DID NOT HOLD'}.`].filter(Boolean).join('\n\n')}

| | |
|---|---|
${Object.entries(found).map(([figure, value]) => `| ${figure} | ${show(value)} |`).join('\n')}
`)
  return `# Long runs

Written by \`npm run proof -- --write\`. Each command repeats its run: the seed decides all that is chosen by chance.

${parts.join('\n')}`
}

function wholeNumber(name) {
  if (given[name] === undefined) return undefined
  if (!/^\d{1,15}$/.test(given[name])) throw new Error(`--${name} needs a whole number`)
  return Number(given[name])
}

let failed = false
const results = {}
const on = machine()
console.log(on)
try {
  const unknown = Object.keys(given).filter((key) => !['seed', 'runs'].includes(key))
  if (unknown.length > 0) throw new Error(`there is no option --${unknown[0]}; there are --seed, --runs, --write`)
  const seed = wholeNumber('seed') ?? randomInt(2 ** 31)
  const runs = wholeNumber('runs')
  for (const { name, file } of modules('proof', words)) {
    const command = `npm run proof -- ${name} --seed ${seed}${runs === undefined ? '' : ` --runs ${runs}`}`
    console.log(`\n${name} … (again: ${command})`)
    const from = performance.now()
    const { error, result, about } = await runModule(file, { seed, ...(runs === undefined ? {} : { runs }) })
    const seconds = Math.round((performance.now() - from) / 1000)
    const problems = error ? [error] : (result?.failures ?? [])
    const { failures: _, ...rest } = result ?? {}
    const found = { seed, ...figures(rest), ...(problems.length > 0 ? { failures: problems.slice(0, 5).join('; ') } : {}) }
    for (const [figure, value] of Object.entries(found)) console.log(`  ${figure.padEnd(34)} ${show(value)}`)
    console.log(`  ${problems.length === 0 ? 'held' : 'DID NOT HOLD'} (${seconds} s)`)
    failed ||= problems.length > 0
    results[name] = { about, command, machine: on, seconds, ok: problems.length === 0, figures: found }
  }
  if (write) {
    mkdirSync(join(root, 'docs'), { recursive: true })
    const file = join(root, 'docs', 'proof.json')
    writeFileSync(file, `${JSON.stringify({ ...readJson(file), ...results }, null, 2)}\n`)
    writeFileSync(join(root, 'docs', 'proof.md'), page(readJson(file)))
    console.log('\nwritten: docs/proof.json, docs/proof.md')
  }
} catch (error) {
  console.error(error.message)
  failed = true
}
process.exitCode = failed ? 1 : 0
