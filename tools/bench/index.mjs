// `npm run bench [-- NAME…] [--write]`: runs `{libs,apps,tools}/*/bench/*.ts`, each of which exports `run()` and, if it
// wishes, `about` and `bound` (what bounds the figure; its result may say so too). With --write, docs/bench.json and
// docs/bench.md keep what was found.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { figures, machine, modules, options, readJson, root, runModule, show } from '../runs.mjs'
import { limits, verdict } from './limits.mjs'

const { words, write } = options(process.argv.slice(2), ['write'])

/** The page for people; `results` as in docs/bench.json. */
function page(results) {
  const parts = Object.entries(results).sort().map(([name, { about, asked, bound, machine: on, seconds, figures: found, verdict: held }]) => `## ${name}

${[about ?? asked, `Measured in ${seconds} s on ${on}.`, held && `Asked: ${held.text}. ${held.ok ? 'Held' : 'NOT held'}.`, bound && `What bounds it: ${bound}`].filter(Boolean).join('\n\n')}

| figure | value |
|---|---|
${Object.entries(found).map(([figure, value]) => `| ${figure} | ${show(value)} |`).join('\n')}
`)
  return `# Benchmarks

Written by \`npm run bench -- --write\`: warmed, interleaved, medians of five; ratios are of one run.

${parts.join('\n')}`
}

let failed = false
const results = {}
const on = machine()
console.log(on)
try {
  for (const { name, file } of modules('bench', words)) {
    console.log(`\n${name} …`)
    const from = performance.now()
    const { error, result, about, bound } = await runModule(file, null)
    const seconds = Math.round((performance.now() - from) / 1000)
    if (error) {
      console.log(`  FAILED after ${seconds} s: ${error}`)
      failed = true
      continue
    }
    const { bound: _, ...measured } = result
    const found = figures(measured)
    const limit = limits[name.split('/').at(-1)]
    const held = verdict(limit, found)
    for (const [figure, value] of Object.entries(found)) console.log(`  ${figure.padEnd(34)} ${show(value)}`)
    if (bound) console.log(`  bounded by: ${bound}`)
    if (held) console.log(`  ${held.ok ? 'held' : 'NOT HELD'}: ${held.text} (${seconds} s)`)
    failed ||= held?.ok === false
    results[name] = { about, asked: limit?.asked, bound, machine: on, seconds, figures: found, verdict: held }
  }
  if (write) {
    mkdirSync(join(root, 'docs'), { recursive: true })
    const file = join(root, 'docs', 'bench.json')
    const all = { ...readJson(file), ...results }
    writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
    writeFileSync(join(root, 'docs', 'bench.md'), page(readJson(file)))
    console.log('\nwritten: docs/bench.json, docs/bench.md')
  }
} catch (error) {
  console.error(error.message)
  failed = true
}
process.exitCode = failed ? 1 : 0
