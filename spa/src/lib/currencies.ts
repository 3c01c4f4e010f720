// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

const digits: Readonly<Record<string, number>> = {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4};
const symbols: Readonly<Record<string, string>> = {"AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$", "VND": "₫", "XCD": "EC$"};

/** How many digits follow the point by ISO 4217: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  return digits[currency] ?? 2;
}

/** What an amount is written with: `$`, `CA$`; empty for those that are written with their code. */
export function symbolOf(currency: string): string {
  return symbols[currency] ?? "";
}
