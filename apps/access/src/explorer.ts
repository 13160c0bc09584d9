import { createHash } from 'node:crypto'
import { Router } from 'express'

const staticPath = '/explorer/static/'

/** An explorer of the API in the browser, served whole from here: it works without any other connection. */
export async function createExplorer(): Promise<Router> {
  const [{ ruruHTML }, { serveStatic }] = await Promise.all([import('ruru/server'), import('ruru/static')])
  const html = ruruHTML({ endpoint: '/graphql', staticPath })
  const router = Router()
  router.get('/explorer', (_request, response) => {
    response.set('content-security-policy', policy(html)).set('cache-control', 'no-cache').type('html').send(html)
  })
  router.use(serveStatic(staticPath))
  return router
}

/** Only the scripts that stand in this page run, and those of this node. */
function policy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text]) => text!)
  const scripts = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' ${[...new Set(scripts)].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
