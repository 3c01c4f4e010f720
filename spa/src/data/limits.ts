// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

export const paymentLimits = {
  amount_cents: {"least": 1, "most": 100000000000},
  payer: {"most": 100},
  reference: {"most": 100},
  note: {"most": 1000},
};

export const methods = {
  cash: {"label": "Cash", "name": "cash", "cleared_on_receipt": true, "can_bounce": false, "returned_by_bank": false, "reference": "Reference"},
  check: {"label": "Check", "name": "check", "cleared_on_receipt": false, "can_bounce": true, "returned_by_bank": true, "reference": "Check number"},
  card: {"label": "Card", "name": "card", "cleared_on_receipt": true, "can_bounce": true, "returned_by_bank": true, "reference": "Card receipt number"},
  venmo: {"label": "Venmo", "name": "Venmo", "cleared_on_receipt": false, "can_bounce": true, "returned_by_bank": false, "reference": "Venmo transaction"},
  zelle: {"label": "Zelle", "name": "Zelle", "cleared_on_receipt": false, "can_bounce": true, "returned_by_bank": false, "reference": "Zelle confirmation"},
  bank_transfer: {"label": "Bank transfer", "name": "bank transfer", "cleared_on_receipt": false, "can_bounce": true, "returned_by_bank": true, "reference": "Transfer reference"},
  other: {"label": "Other", "name": "other means", "cleared_on_receipt": false, "can_bounce": true, "returned_by_bank": false, "reference": "Reference"},
} as const;
export type PaymentMethod = keyof typeof methods;
export const paymentMethods = Object.keys(methods) as PaymentMethod[];

export const paymentKinds = ["deposit", "balance", "tip", "refund"] as const;
export type PaymentKind = (typeof paymentKinds)[number];
