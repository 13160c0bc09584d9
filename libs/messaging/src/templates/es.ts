import type { TemplateTexts } from './values.ts'

export const es: TemplateTexts = {
  invitation: {
    subject: '{organization} le invita a Growr',
    email:
      '{organization} le invita a Growr.\n\nAbra {link}[[ o marque {dial}]] e ingrese este código:\n\n{code}\n\nEl código vale por {minutes} minutos. Si ha vencido, pida uno nuevo en la misma dirección.',
    sms: '{organization:28} le invita a Growr.[[ Marque {dial}.]] Abra {link} Código: {code}',
  },
  code: {
    subject: 'Su código de Growr',
    email: 'Su código de Growr es:\n\n{code}\n\nVale por {minutes} minutos. No lo diga a nadie. Si no lo pidió, ignore este mensaje.',
    sms: 'Código de Growr: {code}. Vale por {minutes} minutos. No lo diga a nadie.',
  },
  registrationDone: {
    subject: 'Le damos la bienvenida a Growr',
    email: 'Le damos la bienvenida, {name}.\n\nSu registro está completo y ya puede entrar.',
    sms: 'Le damos la bienvenida a Growr, {name:40}. Su registro está completo.',
  },
  credentialIssued: {
    subject: 'Una nueva credencial: {credential}',
    email:
      '{organization} le ha emitido la credencial «{credential}». Está en su historial de crédito, que le pertenece: nadie lo ve sin su permiso.',
    sms: '{organization:28} le emitió la credencial {credential:24}. Está en su historial de crédito.',
  },
  credentialRevoked: {
    subject: 'Se revocó una credencial: {credential}',
    email:
      '{organization} ha revocado la credencial «{credential}». Ya no cuenta cuando usted solicita un crédito. Si no conoce la razón, pregunte a {organization}.',
    sms: '{organization:28} revocó su credencial {credential:24}. Ya no cuenta en sus solicitudes.',
  },
  permissionRequested: {
    subject: '{organization} pide ver sus credenciales',
    email:
      '{organization} le pide que permita al proyecto «{project}» ver las credenciales que este exige. Entre para permitirlo, o no haga nada: sin usted nadie las ve.',
    sms: '{organization:28} pide ver sus credenciales para {project:28}. Entre para permitirlo. Sin usted nadie las ve.',
  },
  applicationApproved: {
    subject: 'Su préstamo está aprobado: {project}',
    email: 'Su solicitud en «{project}» está aprobada: {amount}.\n\nLea el contrato y fírmelo hasta el {until}; después la oferta caduca.',
    sms: 'Aprobado: {amount} de {project:28}. Lea y firme el contrato hasta el {until}.',
  },
  applicationRefused: {
    subject: 'Su solicitud no fue aprobada: {project}',
    email:
      'Su solicitud en «{project}» no fue aprobada. Lo que no se cumple:\n\n{reasons}\n\nPuede volver a solicitarlo cuando esto haya cambiado.',
    sms: 'No aprobado: {project:28}. No se cumple: {reasons:380}.',
  },
  contractReady: {
    subject: 'Su contrato está listo: {project}',
    email: 'El contrato de su préstamo de {amount} en «{project}» está listo.\n\nLéalo y fírmelo hasta el {until}.',
    sms: 'Su contrato está listo: {amount}, {project:28}. Léalo y fírmelo hasta el {until}.',
  },
  contractSigned: {
    subject: 'Su contrato está firmado: {project}',
    email: 'Usted firmó el contrato por {amount} en «{project}». Le avisamos cuando se pague.',
    sms: 'Usted firmó por {amount}, {project:28}. Le avisamos cuando se pague.',
  },
  paymentCode: {
    subject: 'Su código de pago',
    email:
      'Usted está por entregar {amount} en efectivo.\n\nDé este código al agente solo si el monto es correcto:\n\n{code}\n\nVale por {minutes} minutos.',
    sms: 'Growr: usted paga {amount} en efectivo. Dé al agente el código {code} solo si el monto es correcto. Vale {minutes} minutos.',
  },
  disbursementCode: {
    subject: 'Su código para recibir efectivo',
    email:
      'Usted está por recibir {amount} en efectivo.\n\nDé este código al agente solo después de contar el dinero:\n\n{code}\n\nVale por {minutes} minutos.',
    sms: 'Growr: usted recibe {amount} en efectivo. Dé al agente el código {code} solo después de contarlo. Vale {minutes} minutos.',
  },
  disbursed: {
    subject: 'Su préstamo fue pagado: {project}',
    email: 'Su préstamo de {amount} en «{project}» fue pagado.',
    sms: 'Su préstamo de {amount} de {project:28} fue pagado.',
  },
  paymentReceived: {
    subject: 'Pago recibido: {amount}',
    email:
      'Recibimos {amount} para su préstamo en «{project}».\n\nQueda por pagar: {left}.[[\nPróximo pago: {nextAmount} hasta el {nextDue}.]]',
    sms: 'Recibido: {amount}, {project:20}. Queda por pagar: {left}.[[ Próximo: {nextAmount} hasta el {nextDue}.]]',
  },
  overpaymentReturned: {
    subject: 'Se le devuelve: {amount}',
    email: 'Usted pagó más de lo que debía en «{project}». Se le devuelve {amount}.',
    sms: 'Usted pagó más de lo que debía en {project:28}. Se le devuelve {amount}.',
  },
  loanRepaid: {
    subject: 'Su préstamo está pagado: {project}',
    email:
      'Su préstamo en «{project}» está pagado por completo. Gracias.[[\n\nSu reembolso: {cashBack}.]]\n\nAhora es parte de su historial de crédito, que le pertenece.',
    sms: 'Su préstamo de {project:28} está pagado por completo. ¡Gracias![[ Reembolso: {cashBack}.]]',
  },
  instalmentOverdue: {
    subject: 'Una cuota está vencida: {project}',
    email: '{amount} de su préstamo en «{project}» venció el {due} y no ha llegado.\n\nPor favor páguelo, o hable con su agente.',
    sms: '{amount} de su préstamo de {project:28} venció el {due}. Por favor páguelo o hable con su agente.',
  },
  investorInvitation: {
    subject: '{organization} le invita a financiar «{project}»',
    email: '{organization} le invita a financiar el proyecto «{project}».[[\n\nVéalo y responda en {link}]]',
    sms: '{organization:24} le invita a financiar {project:24}.[[ {link}]]',
  },
  investorRequest: {
    subject: 'Un inversionista pide entrar en «{project}»',
    email: '{investor} pide entrar en el proyecto «{project}».[[\n\nResponda en {link}]]',
    sms: '{investor:24} pide entrar en {project:24}.[[ {link}]]',
  },
  investorContractToSign: {
    subject: 'Un contrato por firmar: {project}',
    email: 'Su contrato por {amount} en «{project}» está listo. Léalo y fírmelo.[[\n\nEstá en {link}]]',
    sms: 'Su contrato por {amount}, {project:24}, está listo.[[ Fírmelo: {link}]]',
  },
  investorContractSigned: {
    subject: 'Un contrato está firmado: {project}',
    email: '{investor} firmó el contrato por {amount} en «{project}».',
    sms: '{investor:28} firmó por {amount}, {project:28}.',
  },
  fundingReceipt: {
    subject: 'Recibo: {amount} para {project}',
    email: 'Recibimos {amount} para el proyecto «{project}» el {date}.\n\nRecibo: {receipt}\n\nEl recibo firmado está en su cuenta.',
    sms: 'Recibido: {amount} para {project:24} el {date}. Recibo {receipt:36}.',
  },
  investorRepaid: {
    subject: 'Se le paga: {amount} de {project}',
    email: 'Se le paga {amount} del proyecto «{project}»:\n\ncapital {principal}\nrendimiento {yield}',
    sms: 'Pagado: {amount}, {project:20}: capital {principal}, rendimiento {yield}.',
  },
  handOverToConfirm: {
    subject: 'Una entrega de efectivo por confirmar',
    email: '{agent} entrega {amount} en efectivo. Cuéntelo y confírmelo.[[\n\nCódigo: {code}]]',
    sms: '{agent:28} entrega {amount} en efectivo. Cuéntelo y confírmelo.[[ Código: {code}]]',
  },
  webhookOff: {
    subject: 'Se apagó un webhook: {host}',
    email: 'El webhook hacia {host} no se recibe desde el {since} ({reason}) y se apagó.\n\nNada se pierde: repare el receptor y reanude el webhook; sigue donde quedó.',
    sms: 'El webhook hacia {host:40} falla desde el {since} ({reason:20}) y se apagó. Reanúdelo al repararlo.',
  },
  ussdResult: { subject: 'Su solicitud por teléfono', email: '{text}', sms: 'Growr: {text:440}' },
  projectClosed: {
    subject: 'El proyecto está cerrado: {project}',
    email: 'El proyecto «{project}» está cerrado. Todo en él está liquidado.',
    sms: 'El proyecto {project:40} está cerrado. Todo está liquidado.',
  },
  pinReset: {
    subject: 'Su PIN fue cambiado',
    email: 'Su PIN de Growr fue cambiado. Si no fue usted, avise de inmediato a su organización.',
    sms: 'Growr: su PIN fue cambiado. Si no fue usted, avise de inmediato a su organizacion.',
  },
  phoneChangeAsked: {
    subject: 'Se pidió un nuevo número de teléfono',
    email: 'Alguien pidió pasar su cuenta de Growr al número que termina en {phone}. Si no fue usted, avise de inmediato a su organización.',
    sms: 'Growr: se pidio pasar su cuenta al numero que termina en {phone}. Si no fue usted, avise de inmediato a su organizacion.',
  },
  phoneChanged: {
    subject: 'Su número de teléfono fue cambiado',
    email: 'Su cuenta de Growr pasó al número que termina en {phone}. Si no fue usted, avise de inmediato a su organización.',
    sms: 'Growr: su cuenta paso al numero que termina en {phone}. Si no fue usted, avise de inmediato a su organizacion.',
  },
  complaintReceived: {
    subject: 'Su reclamo {number}',
    email: '{organization} recibió su reclamo. Su número es {number}.\n\nLe avisaremos de cada paso.',
    sms: '{organization:28} recibio su reclamo. Su numero: {number}. Le avisaremos de cada paso.',
  },
  complaintTaken: {
    subject: 'Se atiende su reclamo {number}',
    email: '{organization} está atendiendo su reclamo {number}.',
    sms: '{organization:28} esta atendiendo su reclamo {number}.',
  },
  complaintAnswered: {
    subject: 'Respuesta a su reclamo {number}',
    email: 'Su reclamo {number} tiene respuesta:\n\n{answer}\n\nDiga si con eso queda resuelto.',
    sms: 'Reclamo {number}: {answer:80} Leala toda y diga si queda resuelto.',
  },
  complaintClosed: {
    subject: 'Su reclamo {number} está cerrado',
    email: 'Su reclamo {number} está cerrado. Gracias por avisarnos.',
    sms: 'Su reclamo {number} esta cerrado. Gracias por avisarnos.',
  },
  complaintOpen: {
    subject: 'El reclamo {number} está abierto',
    email: 'El reclamo {number} está abierto y espera respuesta.',
    sms: 'El reclamo {number} esta abierto y espera respuesta.',
  },
  personErased: {
    subject: 'Sus datos fueron borrados',
    email: 'Sus datos personales en este nodo de Growr fueron borrados, como se pidió. Este es el último mensaje que recibe.',
    sms: 'Growr: sus datos personales aqui fueron borrados, como se pidio. Este es el ultimo mensaje que recibe.',
  },
  keyFacts: {
    subject: 'Antes de firmar: {project}',
    email: 'Antes de firmar su préstamo en «{project}», lea sus datos clave: cada cuota, el costo, qué pasa si paga tarde, sus derechos.\n\n{link}',
    sms: 'Antes de firmar, {project:20}: cuotas, costo y sus derechos: {link}',
  },
  serviceCode: {
    subject: 'Su código por lo recibido: {project}',
    email: 'Su préstamo en «{project}» es para un bien o un servicio. Su agente dice que usted lo recibió.\n\nDé este código solo si es así:\n\n{code}\n\nVale {minutes} minutos.',
    sms: 'Growr, {project:24}: de al agente el codigo {code} solo si recibio aquello para lo que es el prestamo. Vale {minutes} minutos.',
  },
  serviceConfirmed: {
    subject: 'Recibido: {project}',
    email: 'Usted confirmó que recibió aquello para lo que es su préstamo en «{project}».',
    sms: 'Usted confirmo que recibio aquello para lo que es su prestamo de {project:28}.',
  },
  loanWithdrawn: {
    subject: 'Usted se retiró: {project}',
    email: 'Usted se retiró de su préstamo de {amount} en «{project}». No debe nada por él.',
    sms: 'Usted se retiro de su prestamo de {amount}, {project:28}. No debe nada por el.',
  },
  offerLapsed: {
    subject: 'Su oferta venció: {project}',
    email: 'La oferta de {amount} en «{project}» no se firmó a tiempo y venció. No debe nada por ella y puede solicitar de nuevo.',
    sms: 'La oferta de {amount}, {project:28}, no se firmo a tiempo y vencio. Puede solicitar de nuevo.',
  },
  coolingOffWaived: {
    subject: 'Sin esperar: {project}',
    email: 'Usted renunció al tiempo para pensar su préstamo en «{project}». Si no fue usted, avise de inmediato a su organización.',
    sms: 'Renuncio al tiempo para pensar su prestamo de {project:28}. Si no fue usted, avise a su organizacion.',
  },
  payoutReversed: {
    subject: 'No se pagó: {project}',
    email: 'El desembolso de {amount} en «{project}» se anuló: se había registrado por error. Su contrato sigue. Si usted tiene el dinero, avise a su organización.',
    sms: 'El desembolso de {amount}, {project:20}, se anulo por error. Su contrato sigue. Si tiene el dinero, avise.',
  },
  paymentReversed: {
    subject: 'Se anuló un pago: {amount}',
    email: 'El pago de {amount} de su préstamo en «{project}» se anuló: se había registrado por error.\n\nQueda por pagar: {left}. Si usted lo pagó, avise a su organización y muestre su recibo.',
    sms: 'Se anulo un pago de {amount}, {project:16}, por error. Queda: {left}. Si lo pago, muestre su recibo.',
  },
  loanDefaulted: {
    subject: 'Su préstamo está en mora grave: {project}',
    email: '{amount} de su préstamo en «{project}» está pendiente desde el {due}. El préstamo está en incumplimiento, y su historial lo dice.\n\nHable con su agente: puede pagar lo pendiente o pedir otro calendario.',
    sms: '{amount} de su prestamo, {project:20}, pendiente desde {due}: en incumplimiento. Hable con su agente: pago u otro calendario.',
  },
  loanUpToDate: {
    subject: 'Al día otra vez: {project}',
    email: 'Recibimos {amount}. Su préstamo en «{project}» está al día otra vez.\n\nQueda por pagar: {left}.',
    sms: 'Recibido: {amount}. Su prestamo, {project:28}, esta al dia otra vez. Queda: {left}.',
  },
  loanWrittenOff: {
    subject: 'Castigado en libros: {project}',
    email: '{amount} de su préstamo en «{project}» se castigó en los libros. Usted lo sigue debiendo: lo que pague cuenta y se le avisa.',
    sms: '{amount} de su prestamo, {project:28}, se castigo en libros. Lo sigue debiendo; lo que pague cuenta.',
  },
  recoveryReceived: {
    subject: 'Pago recibido: {amount}',
    email: 'Recibimos {amount} de su préstamo en «{project}», que está castigado.\n\nTodavía debe: {left}.',
    sms: 'Recibido: {amount}, {project:28}. Todavia debe de lo castigado: {left}.',
  },
  loanRescheduled: {
    subject: 'Un calendario nuevo: {project}',
    email: 'Su préstamo en «{project}» tiene un calendario nuevo. Queda por pagar: {left}.\n\nPróximo: {nextAmount} hasta el {nextDue}.',
    sms: 'Su prestamo, {project:20}, tiene calendario nuevo. Queda: {left}. Proximo: {nextAmount} hasta {nextDue}.',
  },
  loanTakenOver: {
    subject: 'Su préstamo está aquí: {project}',
    email: 'Su préstamo se lleva ahora en «{project}». Queda por pagar: {left}.[[\n\nPróximo: {nextAmount} hasta el {nextDue}.]]\n\nSi estos datos no son correctos, avise a su organización.',
    sms: 'Su prestamo se lleva ahora en {project:16}. Queda: {left}.[[ Proximo: {nextAmount} hasta {nextDue}.]] Si no es asi, avise.',
  },
  mobilePaymentCode: {
    subject: 'Cómo pagar con dinero móvil',
    email: 'Pague al número {shortCode} e indique como cuenta:\n\n{account}[[\n\nMonto: {amount}]]\n\nCon otra cuenta su pago no se encuentra y habría que buscarlo.',
    sms: 'Growr: pague con dinero móvil a {shortCode}, cuenta {account}.[[ Monto: {amount}.]]',
  },
  collectionCode: {
    subject: 'Su código para el agente',
    email: '{amount} de su préstamo vencen el {date}, y un agente puede visitarle.\n\nDé este código al agente solo después de entregar el dinero y leer el monto:\n\n{code}',
    sms: 'Growr: {amount} hasta el {date}. Al pagar al agente y leer el monto, dele el código {code}.',
  },
  payoutToApprove: {
    subject: 'Un desembolso por aprobar: {amount}',
    email: 'Un desembolso de {amount} supera el límite de su proyecto. Debe aprobarlo otra persona que quien lo registró.',
    sms: 'Un desembolso de {amount} supera el límite y espera que una segunda persona lo apruebe.',
  },
  reversalToConfirm: {
    subject: 'Una reversión por confirmar: {amount}',
    email: 'Se pidió revertir un pago de {amount}:\n\n{reason}\n\nOtra persona debe confirmarlo o rechazarlo.',
    sms: 'La reversión de un pago de {amount} espera que otra persona la confirme: {reason:48}',
  },
  paymentTakenBack: {
    subject: 'Se anuló un pago: {amount}',
    email: 'Se anuló el pago de {amount} del {date}. No se había contado en su préstamo.\n\nSi usted lo pagó, avise a su organización y muestre su recibo.',
    sms: 'Se anuló el pago de {amount} del {date}. Si usted lo pagó, avise a su organización y muestre su recibo.',
  },
  paymentCancelled: {
    subject: 'Cancelado: {amount} en efectivo',
    email: 'El pago en efectivo registrado de {amount} está cancelado. Su código ya no vale.\n\nSi el dinero cambió de manos, avise enseguida a su organización.',
    sms: 'El pago en efectivo de {amount} está cancelado. Si el dinero cambió de manos, avise enseguida a su organización.',
  },
  paymentKept: {
    subject: 'Su pago está en revisión: {amount}',
    email: 'Recibimos {amount}, que no se pudo contar en su préstamo. Está guardado, y su organización le dirá qué pasará con él.',
    sms: 'Recibimos {amount}, que no se pudo contar en su préstamo. Está guardado: su organización lo revisará.',
  },
  payoutMade: {
    subject: 'Se le pagó: {amount}',
    email: 'Se le pagó {amount}.',
    sms: 'Growr: se le pagó {amount}.',
  },
}
