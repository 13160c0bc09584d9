export { encodeInvoice, field, type InvoiceDraft, type InvoiceField } from './testing.bolt11.ts'
export { bigSize, encodeBolt12, signatureRecord, tlv } from './testing.bolt12.ts'
export { startLightningPair, type LightningPair, type PairOptions } from './testing.pair.ts'
