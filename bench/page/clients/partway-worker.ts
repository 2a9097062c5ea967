import { partway } from './partway.ts';
import { serve } from './serve.ts';

serve(partway({}));
