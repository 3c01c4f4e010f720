// Written by `python -m tools.contract` from the server's tables. Change those, then run it again.

export const blanks = /[\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]/gu;
export const invisible = /[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d159}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]/gu;
export const accents = /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;
export const apostrophes = /[`\u{b4}\u{2b9}\u{2bb}\u{2bc}\u{2bd}\u{2be}\u{2bf}\u{2c8}\u{55a}\u{5f3}\u{2018}\u{2019}\u{201a}\u{201b}\u{2032}\u{2035}\u{a78c}\u{ff07}]/gu;
export const hyphens = /[\u{58a}\u{5be}\u{1806}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}\u{2e3a}\u{2e3b}\u{30a0}\u{fe31}\u{fe32}\u{fe58}\u{fe63}\u{ff0d}]/gu;
export const rightToLeft = /[\u{590}-\u{8ff}\u{fb1d}-\u{fdff}\u{fe70}-\u{fefc}\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu;
export const strokes: Readonly<Record<string, string>> = {"đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t"};
