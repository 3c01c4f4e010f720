// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

export const batchLimits = {
  payments: {"most": 10, "amount_cents": {"least": 1, "most": 100000000000}, "payer": {"most": 100}, "reference": {"most": 100}, "note": {"most": 1000}},
};

export const boatLimits = {
  name: {"most": 100},
  notes: {"most": 4000},
  passenger_limit: {"least": 1, "most": 500},
  min_crew: {"least": 0, "most": 20},
  turnaround_minutes: {"least": 0, "most": 10080},
  home_port: {"most": 100},
  papers: {"most": 40, "number_last4": {"most": 4}, "note": {"most": 200}},
};

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

export const holdLimits = {
  title: {"most": 120},
  note: {"most": 4000},
  override_reason: {"most": 500},
};

export const personLimits = {
  name: {"most": 100},
  notes: {"most": 4000},
  email: {"most": 254},
  phone: {"most": 40},
  rank: {"least": 1, "most": 1000},
  papers: {"most": 40, "number_last4": {"most": 4}, "note": {"most": 200}},
};

export const reasonLimits = {
  reason: {"most": 500},
};

export const settingsLimits = {
  operator_name: {"most": 100},
  operator_phone: {"most": 40},
  operator_email: {"most": 254},
  pay_to: {"most": 20, "text": {"most": 300}},
  guest_place_url: {"most": 500},
  deposit_percent: {"least": 0, "most": 100},
};

export const tipsLimits = {
  shares: {"most": 21, "name": {"most": 100}, "amount_cents": {"least": 1, "most": 100000000000}},
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

/** What each kind of paper is called. */
export const boatPapers = {
  documentation: "Documentation",
  coi: "Certificate of Inspection",
  insurance: "Insurance",
  port_permit: "Port permit",
  epirb: "EPIRB registration",
  extinguishers: "Fire extinguishers",
  flares: "Flares",
  other: "Other paper",
} as const;

export const personPapers = {
  mmc: "Merchant Mariner Credential",
  medical: "Medical certificate",
  drug_programme: "Drug testing programme",
  first_aid: "First aid and CPR",
  other: "Other paper",
} as const;

/** Those that a captain has to have. */
export const captainsPapers = ["mmc", "medical"] as const;

/** Spans of time in hours: to answer an ask, before a start, of a captain's work. */
export const spans = {
  toAnswer: 24,
  toAnswerSoon: 2,
  soon: 48,
  departBefore: 12,
  captainMost: 12,
  captainPeriod: 24,
} as const;
