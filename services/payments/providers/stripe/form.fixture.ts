/** A form-encoded body or query as Stripe reads it: `metadata[paymentId]=…`, `expand[0]=…`, `created[gte]=…`. */
export interface Form {
	readonly metadata?: Readonly<Record<string, string>>;
	readonly created?: Readonly<Record<string, string>>;
	readonly expand?: Readonly<Record<string, string>>;
	readonly amount?: string;
	readonly amount_to_capture?: string;
	readonly capture_method?: string;
	readonly currency?: string;
	readonly customer?: string;
	readonly error_on_requires_action?: string;
	readonly limit?: string;
	readonly payment_intent?: string;
	readonly payment_method?: string;
	readonly query?: string;
	readonly reason?: string;
	readonly starting_after?: string;
}

export function readForm(text: string): Form {
	const form: Record<string, string | Record<string, string>> = {};
	for (const [name, value] of new URLSearchParams(text)) {
		const [, outer = name, inner] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
		if (inner === undefined) form[outer] = value;
		else form[outer] = { ...(form[outer] as Record<string, string> | undefined), [inner]: value };
	}
	return form;
}
