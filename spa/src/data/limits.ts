// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

export const charterLimits = {
  title: {"most": 120},
  vessel: {"most": 100},
  passenger_limit: {"least": 1, "most": 500},
  departure_port: {"most": 100},
  return_port: {"most": 100},
  captain: {"name": {"most": 100}, "email": {"most": 254}, "phone": {"most": 40}},
  crew: {"most": 20, "name": {"most": 100}, "email": {"most": 254}, "phone": {"most": 40}},
  patron: {"name": {"most": 100}, "email": {"most": 254}, "phone": {"most": 40}},
  party_size: {"least": 0, "most": 500},
  charter_fee_cents: {"least": 0, "most": 100000000000},
  cancellation_fee_cents: {"least": 0, "most": 100000000000},
  notes: {"most": 4000},
  guest_notes: {"most": 4000},
  guests: {"most": 60, "guest_id": {"most": 40}, "name": {"most": 100}, "email": {"most": 254}},
};

export const paymentLimits = {
  amount_cents: {"least": 1, "most": 100000000000},
  payer: {"most": 100},
  reference: {"most": 100},
  note: {"most": 1000},
};

export const reasonLimits = {
  reason: {"most": 500},
};

export const waiverTextLimits = {
  title: {"most": 150},
  text: {"most": 60000},
};

export const charterDefaults = {
  boat_id: null,
  vessel: "",
  passenger_limit: null,
  departure_port: "",
  return_port: "",
  captain: null,
  party_size: 1,
  charter_fee_cents: 0,
  cancellation_fee_cents: 0,
  notes: "",
  guest_notes: "",
  balance_reminders: false,
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
