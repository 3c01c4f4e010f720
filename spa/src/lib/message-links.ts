/** The digits of a phone number, as links take it. */
export function dialled(phone: string): string {
  return phone.replace(/[^+\d]/g, "");
}

/** Opens the device's own messages with the text typed in. Without a number it is chosen there to whom it goes. */
export function smsLink(text: string, phone = ""): string {
  return `sms:${dialled(phone)}?&body=${encodeURIComponent(text)}`;
}

/** The same in WhatsApp, which knows only numbers with their country; for others it asks to whom it goes. */
export function whatsAppLink(text: string, phone = ""): string {
  const [, number = ""] = /^(?:\+|00)(\d{7,})$/.exec(dialled(phone)) ?? [];
  return `https://wa.me/${number}?text=${encodeURIComponent(text)}`;
}
