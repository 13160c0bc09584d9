/**
 * Words that people build passwords on, English and Spanish. A password that is one of them with only digits, signs or
 * the usual substitutions around it is refused while it is short.
 */
export const commonWords: ReadonlySet<string> = new Set(
  `password passwort contrasena contrasenia clave secreto secret qwerty qwertyuiop asdfghjkl zxcvbnm azerty letmein
  welcome bienvenido bienvenida admin administrator administrador root master login access acceso changeme cambiame
  iloveyou teamo tequiero amor amorcito corazon mivida princess princesa dragon monkey sunshine football futbol baseball
  superman batman pokemon michael jennifer jessica charlie shadow starwars whatever trustno computer computadora internet
  hello hola test testing prueba temporal default guest invitado user usuario summer winter spring autumn verano invierno
  primavera january february march april june july august september october november december enero febrero marzo abril
  mayo junio julio agosto septiembre octubre noviembre diciembre monday friday lunes viernes honduras tegucigalpa
  guatemala mexico colombia bitcoin satoshi lightning growr cooperativa cooperative coffee cafe dinero money banco bank
  prestamo loan credito credit realmadrid barcelona olimpia america`.split(/\s+/),
)

/** Whole passwords of ten characters and more that stand at the top of the lists of leaked ones. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3 1qazxsw23edc passw0rd123
  qwerty123456 123456qwerty qwer1234asdf asdf1234qwer abcd123456 abc1234567 a123456789 123456789a 123456789q qwe123456
  q123456789 abcdefghij aa123456789 1234qwerasdf letmein123 iloveyou123 iloveyou12 iloveyou1234 p@ssw0rd123 p@ssw0rd12
  correcthorse correcthorsebatterystaple trustno1trustno1 thisisapassword mypassword passwordpassword qwertyqwerty`.split(/\s+/),
)
