// Writes src/operations.ts out of the supergraph that is checked in, and src/codes.ts out of the contracts' catalogue of errors;
// with --check only says whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import {
  buildASTSchema, getNamedType, getNullableType, isInputObjectType, isListType, isNonNullType, isObjectType, isRequiredArgument, isRequiredInputField, isScalarType, parse,
} from 'graphql'

const { catalogue } = await import(new URL('../contracts/src/errors.ts', import.meta.url).href)
const source = new URL('../../apps/access/supergraph.graphql', import.meta.url)
const target = new URL('src/operations.ts', import.meta.url)
/** Objects inside objects that a result holds by itself; the levels of a connection do not count. */
const deepest = 4

const schema = buildASTSchema(parse(readFileSync(source, 'utf8')), { assumeValid: true })
const scalars = { ID: 'string', String: 'string', Int: 'number', Float: 'number', Boolean: 'boolean', JSON: 'unknown' }
const written = new Map()

const isConnection = (type) => isObjectType(type) && type.name.endsWith('Connection')
const isEdge = (type) => isObjectType(type) && type.name.endsWith('Edge')
const about = (text, indent = '') => (text ? `${indent}/** ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n` : '')
const fieldsOf = (type) => Object.values(type.getFields()).filter((field) => !('args' in field) || !field.args.some(isRequiredArgument))

function typescript(type, nullable = true) {
  if (isNonNullType(type)) return typescript(type.ofType, false)
  const inner = isListType(type) ? `readonly ${wrap(typescript(type.ofType))}[]` : named(type)
  return nullable && inner !== 'unknown' ? `${inner} | null` : inner
}
const wrap = (text) => (text.includes(' ') ? `(${text})` : text)

function named(type) {
  if (isScalarType(type)) return scalars[type.name] ?? 'unknown'
  if (!isObjectType(type) && !isInputObjectType(type)) throw new Error(`${type.name}: the client knows objects, inputs and scalars`)
  if (!written.has(type.name)) {
    written.set(type.name, '')
    const lines = fieldsOf(type).map((field) => {
      // An input may be left out; of a result, what leads back to a type above it.
      const optional = isInputObjectType(type) ? !isRequiredInputField(field) : isObjectType(getNamedType(field.type)) && leadsTo(getNamedType(field.type), type)
      return `${about(field.description, '  ')}  readonly ${field.name}${optional ? '?' : ''}: ${isInputObjectType(type) && optional ? `${typescript(field.type)} | undefined` : typescript(field.type)}\n`
    })
    written.set(type.name, `${about(type.description)}export interface ${type.name} {\n${lines.join('')}}\n`)
  }
  return type.name
}

function leadsTo(from, to, seen = new Set()) {
  if (from === to) return true
  if (!isObjectType(from) || seen.has(from)) return false
  seen.add(from)
  return fieldsOf(from).some((field) => leadsTo(getNamedType(field.type), to, seen))
}

function selection(type, path, depth) {
  if (!isObjectType(type)) return ''
  const parts = []
  for (const field of fieldsOf(type)) {
    const inner = getNamedType(field.type)
    if (!isObjectType(inner)) parts.push(field.name)
    else if (!path.includes(inner)) {
      const level = depth + (isConnection(type) || isEdge(type) || isConnection(inner) ? 0 : 1)
      if (level > deepest) throw new Error(`${path[0].name}: ${field.name} lies deeper than ${deepest} levels`)
      parts.push(`${field.name}${selection(inner, [...path, inner], level)}`)
    }
  }
  return ` { ${parts.join(' ')} }`
}

const table = []
const map = []
for (const kind of ['query', 'mutation']) {
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
  for (const field of Object.values(root?.getFields() ?? {}).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const type = getNamedType(field.type)
    const fields = selection(type, [type], 0).trim()
    const signsIn = isObjectType(type) && 'accessToken' in type.getFields()
    const args = field.args.map((arg) => `${arg.name}: '${String(arg.type)}'`).join(', ')
    table.push(`  ${field.name}: { kind: '${kind}', args: {${args ? ` ${args} ` : ''}}, selection: '${fields}'${signsIn ? ', signsIn: true' : ''} },\n`)
    const given = field.args.filter((arg) => arg.name !== 'requestId').map((arg) => `${arg.name}${isRequiredArgument(arg) ? '' : '?'}: ${isRequiredArgument(arg) ? typescript(arg.type) : `${typescript(getNullableType(arg.type))} | undefined`}`)
    map.push(`${about(field.description, '  ')}  readonly ${field.name}: { readonly args: { ${given.map((text) => `readonly ${text}`).join('; ')} }; readonly result: ${typescript(field.type)} }\n`)
  }
}

const text = `// Made by generate.mjs out of the API's schema; do not edit.

/** What the API calls an operation, its arguments with their types in GraphQL, and what a result holds. */
export interface Operation {
  readonly kind: 'query' | 'mutation'
  readonly args: Readonly<Record<string, string>>
  readonly selection: string
  /** Its result is a session. */
  readonly signsIn?: true
}

export const operations = {
${table.join('')}} as const satisfies Readonly<Record<string, Operation>>

export interface Operations {
${map.join('').replaceAll('{  }', '{}')}}

${[...written].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, body]) => body).join('\n')}`

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const codes = `// Made by generate.mjs out of the catalogue of errors; do not edit.

/** What kind of failure a code is. UNAVAILABLE and LIMIT may be gone later; the others stay until something else is sent. */
export type Kind = ${[...new Set(Object.values(catalogue).map(({ kind }) => kind))].sort().map(quoted).join(' | ')}

/** Every code with which a node refuses, its kind and what to do. */
export const codes = {
${Object.entries(catalogue).sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, { kind, advice }]) => `  ${code}: { kind: '${kind}', advice: ${quoted(advice)} },`).join('\n')}
} as const satisfies Readonly<Record<string, { readonly kind: Kind; readonly advice: string }>>

export type Code = keyof typeof codes
`

for (const [file, made, what] of [[target, text, `${table.length} operations`], [new URL('src/codes.ts', import.meta.url), codes, `${Object.keys(catalogue).length} codes`]]) {
  const name = `libs/client/src/${file.pathname.split('/').at(-1)}`
  if (!process.argv.includes('--check')) {
    writeFileSync(file, made)
    console.log(`${name} holds ${what}`)
  } else if (existsSync(file) && readFileSync(file, 'utf8') === made) console.log(`${name} is up to date`)
  else {
    console.log(`${name} is not what the node says: run \`npm run generate -w libs/client\``)
    process.exitCode = 1
  }
}
