import type { HttpResponse, HttpRoute } from '@growr/service'
import type { Kit } from './kit.ts'

const notFound: HttpResponse = { status: 404, headers: { 'content-type': 'application/json' }, body: { code: 'NOT_FOUND' } }
const ID = /^[A-Za-z0-9._:-]{1,64}$/

/** What others read over HTTP: the DID documents of the node's own did:web, and its status lists. All of it is public. */
export function identityRoutes(kit: () => Kit): readonly HttpRoute[] {
  const document = (part: 'issuer' | 'verifier' | 'organization', id = 'main'): HttpResponse => {
    const did = ID.test(id) ? kit().dids.webDid(part, id) : undefined
    const found = did === undefined ? undefined : kit().dids.document(did)
    return found === undefined ? notFound : { status: 200, headers: { 'content-type': 'application/did+json', 'cache-control': 'public, max-age=300' }, body: found }
  }
  return [
    { method: 'GET', path: '/issuer/did.json', handle: () => document('issuer') },
    { method: 'GET', path: '/verifier/did.json', handle: () => document('verifier') },
    { method: 'GET', path: '/org/:id/did.json', handle: ({ params }) => document('organization', params['id']) },
    {
      method: 'GET',
      path: '/status/:list',
      handle: async ({ params }) => {
        const id = params['list'] ?? ''
        const token = ID.test(id) ? await kit().statusLists.token(id, kit().clock.now()) : undefined
        return token === undefined ? notFound : { status: 200, headers: { 'content-type': 'application/vc+jwt', 'cache-control': 'public, max-age=60' }, body: token }
      },
    },
  ]
}
