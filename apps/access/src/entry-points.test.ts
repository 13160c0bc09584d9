import { expect, test } from 'vitest'
import { user } from '@growr/contracts'
import type { HttpRoute } from '@growr/service'
import { startNode } from './testing/node.ts'

test('an entry point acts by a door of its own: as nobody, or as whom a living token names', async () => {
  const act = async ({ door, query }: Parameters<HttpRoute['handle']>[0]) => {
    const call = query['token'] === undefined ? door!.call : await door!.enter(query['token'])
    return { status: 200, body: await call(user.me, {}) }
  }
  const node = await startNode({}, [{ method: 'GET', path: '/act', handle: act }])
  const token = await node.token('ORIGINATOR_ADMIN', 's7')
  const outcome = async (given?: string): Promise<unknown> => {
    const body = (await (await fetch(`${node.url}/act${given === undefined ? '' : `?token=${given}`}`)).json()) as { id?: string; errors?: { extensions: { code: string } }[] }
    return body.id ?? body.errors?.[0]?.extensions.code
  }
  expect([await outcome(), await outcome(token), await outcome('x.y.z')]).toEqual(['UNAUTHENTICATED', 'ana', 'TOKEN_INVALID'])
  node.ended.add('s7')
  expect(await outcome(token)).toBe('SESSION_REVOKED')
  await node.stop()
})
