// Compares the reference pages in docs/ with what the contracts and the configuration say; `--write` brings them up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { catalogue, contracts, type Contract } from '@growr/contracts'
import { nodeConfig } from '@growr/node'
import { configKeys } from '@growr/runtime'
import { z } from 'zod'

const docs = new URL('../docs/', import.meta.url)
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function errors(): string {
  const rows = Object.entries(catalogue).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([code, { kind, advice }]) => `| \`${code}\` | ${kind} | ${cell(advice)} |`)
  return `# Errors

Every refusal that leaves a node has one of these codes, in GraphQL under \`extensions.code\`, with the field it is about under \`extensions.path\` and figures that help under \`extensions.details\`. This page is generated from the contracts.

| code | kind | what it means, and what to do |
|---|---|---|
${rows.join('\n')}
`
}

function access({ access: rule }: Contract): string {
  const parts = [
    ...(rule.public ? ['anybody'] : []),
    ...Object.entries(rule.users ?? {}).map(([role, relation]) => `${role} (${relation})`),
    ...(rule.services ?? []).map((service) => `service ${service}`),
  ]
  return parts.join(', ')
}

function form(schema: unknown): string {
  const json = schema as { type?: string | string[]; enum?: unknown[]; const?: unknown; items?: unknown; anyOf?: unknown[]; properties?: object; format?: string }
  if (json.enum) return json.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (json.const !== undefined) return JSON.stringify(json.const)
  if (json.anyOf) return json.anyOf.map(form).join(' or ')
  if (json.type === 'array') return `list of ${form(json.items)}`
  if (json.properties) return `{ ${Object.entries(json.properties).map(([key, inner]) => `${key}: ${form(inner)}`).join(', ')} }`
  return json.format ?? (Array.isArray(json.type) ? json.type.join(' or ') : (json.type ?? 'JSON'))
}

function params(contract: Contract): string {
  const { properties = {}, required = [] } = z.toJSONSchema(contract.params, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, unknown>; required?: string[] }
  const rows = Object.entries(properties).map(([name, schema]) => `- \`${name}\`${required.includes(name) ? '' : ' (optional)'}: ${cell(form(schema))}`)
  return rows.length > 0 ? `\n${rows.join('\n')}\n` : ''
}

function actions(): string {
  const all = [...contracts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const sections = all.map((contract) => `## ${contract.name}\n\n${contract.about}\n\n${contract.kind}${contract.internal ? ', inside the node only' : ''}; ${access(contract)}\n${params(contract)}`)
  return `# Actions

Every action of a node: what it does, who may call it and what it takes. A role's reach stands in brackets: any thing, things of its own organization, or only its own. In GraphQL the arguments have the same names; every mutation also takes a \`requestId\`, by which a repetition is known. This page is generated from the contracts.

${sections.join('\n')}`
}

function configuration(): string {
  const rows = configKeys(nodeConfig).map(({ path, env, kind, secret, about }) => `| \`${path.join('.')}\` | \`${env}\` | ${secret ? 'secret' : kind} | ${cell(about)} |`)
  return `# Configuration

A node reads, later ones before earlier ones: the JSON file that \`GROWR_CONFIG\` names, the variables below, and arguments such as \`--api.port 8080\`. Unknown keys are refused. A secret may also be given as a file, by the variable's name with \`_FILE\`. The pass phrase of the keys is \`GROWR_PASSPHRASE\`, or the only line of the file that \`passphraseFile\` names. This page is generated from the code.

| key | variable | form | what it is |
|---|---|---|---|
${rows.join('\n')}
`
}

let stale = false
for (const [name, text] of Object.entries({ 'errors.md': errors(), 'actions.md': actions(), 'configuration.md': configuration() })) {
  const file = new URL(name, docs)
  if (process.argv.includes('--write')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    stale = true
    console.error(`docs/${name} is not what the code says: run \`node --conditions=@growr/source tools/reference.check.ts --write\``)
  }
}
if (stale) process.exitCode = 1
else console.log('docs/errors.md, docs/actions.md and docs/configuration.md are up to date')
process.exit()
