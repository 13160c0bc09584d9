import { Router, type Request, type Response } from 'express'
import type { Bus } from '@growr/bus'
import { Refusal } from '@growr/contracts'
import { newId } from '@growr/runtime'
import type { Door, HttpRequest, HttpResponse, HttpRoute } from '@growr/service'
import type { Identify } from './identify.ts'

export interface EntryPoints {
  readonly routes: readonly HttpRoute[]
  readonly bus: Bus
  readonly identify: Identify
}

/** The HTTP entry points that other groups own: the gateway bounds the request, hands it on as plain data, and answers. */
export function createEntryPoints({ routes, bus, identify }: EntryPoints): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const taken = new Set<string>()
  for (const route of routes) {
    const name = `${route.method} ${route.path}`
    if (!/^\/[\w./:~-]*$/.test(route.path) || taken.has(name)) throw new Error(`${name} is no entry point, or is there twice`)
    taken.add(name)
    const serve = async (request: Request, response: Response): Promise<void> => answer(response, await route.handle({ ...plain(request), door: doorOf(bus, identify) }))
    if (route.method === 'GET') router.get(route.path, serve)
    else router.post(route.path, serve)
  }
  return router
}

/** What a request does by one door belongs together in the logs, whoever it becomes on the way. */
function doorOf(bus: Bus, identify: Identify): Door {
  const traceId = newId()
  return {
    call: (contract, params, options) => bus.call(contract, params, { ...options, traceId }),
    enter: async (accessToken) => {
      const caller = await identify({ authorization: `Bearer ${accessToken}` })
      if (!caller) throw new Refusal('UNAUTHENTICATED')
      // Minted for each call: what is entered may last longer than a call token lives.
      return async (contract, params, options) => bus.call(contract, params, { ...options, traceId, user: await bus.tokens.mintUser(caller) })
    },
  }
}

function plain(request: Request): HttpRequest {
  return {
    params: texts(request.params, 'path'),
    query: texts(request.query, 'query'),
    headers: texts(request.headers, undefined),
    body: request.body as unknown,
    ip: request.ip ?? '',
  }
}

/** One text for each name. A name that comes twice is refused, except among headers, where HTTP joins them. */
function texts(values: Readonly<Record<string, unknown>>, where: 'path' | 'query' | undefined): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') result[name] = value
    else if (where !== undefined) throw new Refusal('BAD_INPUT', { path: `${where}.${name.slice(0, 64)}` })
    else if (Array.isArray(value)) result[name] = value.join(', ')
  }
  return result
}

function answer(response: Response, { status, headers = {}, body }: HttpResponse): void {
  if (response.headersSent) return
  response.status(status).set({ ...headers })
  if (body === undefined || body === null) response.end()
  else if (typeof body === 'string') {
    if (!response.get('content-type')) response.type('text/plain')
    response.send(body)
  } else if (body instanceof Uint8Array) response.send(Buffer.from(body))
  else if (response.get('content-type')) response.send(JSON.stringify(body))
  else response.json(body)
}
