// Compares the supergraph that is checked in with what the groups' own .graphql files compose to; `--write` brings it up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { composeSupergraph, readTypeDefs } from '@growr/graphql'

const apps = new URL('../../', import.meta.url)
const file = new URL('../supergraph.graphql', import.meta.url)

// The files are read as text: no app imports another.
const subgraphs = readdirSync(apps)
  .sort()
  .map((name) => ({ name, typeDefs: readTypeDefs(new URL(`${name}/src/`, apps)) }))
  .filter(({ typeDefs }) => typeDefs !== '')
const composed = composeSupergraph(subgraphs)

if (process.argv.includes('--write')) {
  writeFileSync(file, composed)
  console.log(`apps/access/supergraph.graphql holds ${subgraphs.map(({ name }) => name).join(', ')}`)
} else if (readFileSync(file, 'utf8') === composed) {
  console.log('apps/access/supergraph.graphql is up to date')
} else {
  console.error('apps/access/supergraph.graphql is not what the subgraphs compose to: run `npm run supergraph -w apps/access -- --write`')
  process.exitCode = 1
}
