import type { Request, Response } from 'express'
import { Router } from 'express'
import type { Health, Metrics } from '@growr/runtime'
import { Refusal } from '@growr/contracts'
import type { Identify } from './identify.ts'

/** What the operator's machines ask: whether it lives, whether it should get work, and its figures. */
export function createOperation(options: { readonly health: Health; readonly metrics: Metrics; readonly identify: Identify }): Router {
  const { health, metrics, identify } = options
  const router = Router()
  router.get('/healthz', async (_request, response) => {
    const { live } = await health.report()
    response.status(live ? 200 : 503).json({ live })
  })
  router.get('/readyz', async (_request, response) => {
    const { ready, checks } = await health.report()
    const reasons = checks.filter(({ ok }) => !ok).map(({ name, reason }) => ({ name, reason: reason ?? 'NOT_READY' }))
    response.status(ready ? 200 : 503).json({ ready, reasons })
  })
  router.get('/metrics', async (request: Request, response: Response) => {
    if (!fromHere(request)) {
      const caller = await identify(request.headers)
      if (!caller) throw new Refusal('UNAUTHENTICATED')
      if (caller.role !== 'NODE_OPERATOR') throw new Refusal('FORBIDDEN')
    }
    response.type(metrics.contentType).send(await metrics.text())
  })
  return router
}

/** Whether the request was made on this machine; one that a proxy on this machine passes on was not. */
function fromHere(request: Request): boolean {
  const address = request.socket.remoteAddress ?? ''
  const passedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => request.headers[name] !== undefined)
  return !passedOn && /^(127\.|::1$|::ffff:127\.)/.test(address)
}
