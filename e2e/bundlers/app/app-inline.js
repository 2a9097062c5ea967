import { createInlineWorker } from 'partway/inline-worker';
import { offerUpload } from './upload.js';

offerUpload(createInlineWorker);
