// What we send to Slack, in the words of Slack's own types: made into a JSON Schema at set-up (`make .tools/ready`).
import type { HomeView, KnownBlock, ModalView } from "@slack/types";

export interface Message {
  text: string;
  blocks: KnownBlock[];
}

export interface Unfurl {
  blocks: KnownBlock[];
}

export type Home = HomeView;
export type Modal = ModalView;
