import { DEAD_LETTERS_INDEX } from "../../../mixins/events/inbox.ts";
import { SAGA_TRACES } from "../../../mixins/saga/saga-store.ts";

export default `
	${DEAD_LETTERS_INDEX}
	${SAGA_TRACES}
`;
