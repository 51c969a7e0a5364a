import { problemOf } from "../../../mixins/outbound/rules.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import type { Webhooks } from "../webhooks.context.ts";

/** @throws ValidationFailed when nothing may ever be sent to this URL; what its name leads to is looked at each time */
export function expectReachable({ config }: Webhooks, url: string | undefined): void {
	const message = url === undefined ? undefined : problemOf(url, config.rules);
	if (message !== undefined) throw new ValidationFailed({ errors: [{ path: "url", message }] });
}
