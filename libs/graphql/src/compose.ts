import { composeServices } from '@apollo/composition'
import type { Subgraph } from './subgraph.ts'
import { toDocument } from './typedefs.ts'

/** The supergraph of these subgraphs, always the same for the same ones; throws with all that does not fit together. */
export function composeSupergraph(subgraphs: readonly Pick<Subgraph, 'name' | 'typeDefs'>[]): string {
  const services = [...subgraphs]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    // The address is no address: where a subgraph runs is for the gateway's configuration to say.
    .map(({ name, typeDefs }) => ({ name, url: `http://${name}.invalid`, typeDefs: toDocument(typeDefs) }))
  const { errors, supergraphSdl } = composeServices(services)
  if (errors) throw new Error(`the subgraphs do not compose:\n${errors.map(({ message }) => message).join('\n')}`)
  return `${supergraphSdl.trim()}\n`
}
