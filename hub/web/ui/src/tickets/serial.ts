/** A ticket's number as people read it aloud: `482190356` is `4821-9035-6`. Every field that asks for one takes it either way. */
export function grouped(serial: string): string {
  return serial.replace(/^(\d{4})(\d{4})(\d)$/, "$1-$2-$3");
}
