const RUN = /\d(?:[ -]?\d){12,18}(?![ -]?\d)/g;

/** Whether a text has 13 to 19 digits, in groups or not, that check as a card number does (ISO/IEC 7812, Luhn). */
export const hasCardNumber = (given: string): boolean =>
	[...given.matchAll(RUN)].some(([run]) => isLuhn(run.replace(/\D/g, "")));

function isLuhn(digits: string): boolean {
	const sum = Array.from(digits)
		.reverse()
		.reduce((total, digit, index) => {
			const weighted = Number(digit) * (index % 2 === 0 ? 1 : 2);
			return total + (weighted > 9 ? weighted - 9 : weighted);
		}, 0);
	return sum % 10 === 0;
}
